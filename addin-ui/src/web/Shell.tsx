/** The frame of every view: who is signed in, for whom they act, the language, and what stands in a view's way. */

import { Button, FluentProvider, makeStyles, mergeClasses, Select, teamsHighContrastTheme, tokens, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { Api } from "../api/calls";
import { Client } from "../api/client";
import { Away, NotSignedIn, Problem } from "../api/problem";
import { RulesApi } from "../api/rules";
import type { AddinSettings, Me } from "../api/types";
import { WaitingView } from "../features/waiting/WaitingView";
import { textsWith } from "../messages/messages";
import { webDa } from "../messages/web.da";
import { webEn } from "../messages/web.en";
import { CoreProvider, inWords } from "../shell/app";
import { Bone, Face, useParts } from "../shell/parts";
import type { TabSession } from "./session";
import { WebProvider, type WebTexts } from "./web";

const RulesView = lazy(() => import("../features/rules/RulesView"));

const THEMES = { light: webLightTheme, dark: webDarkTheme, contrast: teamsHighContrastTheme };
const AGAIN_MS = 5_000;

const useStyles = makeStyles({
  page: { minHeight: "100dvh", display: "flex", flexDirection: "column", boxSizing: "border-box", backgroundColor: tokens.colorNeutralBackground1, "@media (min-width: 60rem) and (min-height: 36rem)": { height: "100dvh" } },
  skip: { position: "absolute", left: "-99rem", zIndex: 1, padding: "8px 12px", backgroundColor: tokens.colorNeutralBackground1, color: tokens.colorBrandForeground1, ":focus": { left: "8px", top: "8px" } },
  header: { display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: "16px", rowGap: "4px", padding: "6px 16px", borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground3 },
  name: { fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, margin: 0 },
  nav: { display: "flex", flexWrap: "wrap", columnGap: "12px", flexGrow: 1 },
  link: { color: tokens.colorBrandForegroundLink, padding: "6px 2px", textDecorationLine: "underline", ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` } },
  here: { color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold, textDecorationLine: "none", borderBottom: `2px solid ${tokens.colorBrandStroke1}` },
  who: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: "4px 8px", minWidth: 0, color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  acting: { display: "flex", flexWrap: "wrap", alignItems: "center", justifyContent: "space-between", gap: "4px 12px", padding: "6px 16px", borderBottom: `2px solid ${tokens.colorBrandStroke1}`, backgroundColor: tokens.colorBrandBackground2, color: tokens.colorNeutralForeground1, fontWeight: tokens.fontWeightSemibold, overflowWrap: "anywhere" },
  body: { flexGrow: 1, minHeight: 0, minWidth: 0, display: "flex", flexDirection: "column" },
});

type Entered = { is: "looking" } | { is: "in"; me: Me; settings: AddinSettings } | { is: "out"; settings: AddinSettings | null; hadEnded: boolean } | { is: "trouble"; error: unknown };

export function Shell({ session }: { session: TabSession }) {
  const [language, setLanguage] = useState(() => session.language(navigator.languages));
  const [behalf, setBehalf] = useState(() => session.get("behalf"));
  const [entered, setEntered] = useState<Entered>({ is: "looking" });
  const t = useMemo(() => textsWith(language, { da: webDa, en: webEn }), [language]);
  const client = useMemo(() => new Client({ token: () => Promise.resolve(session.get("token")), forget: () => undefined, language, onBehalfOf: () => behalf }), [session, language, behalf]);
  const api = useMemo(() => new Api(client), [client]);
  const rules = useMemo(() => new RulesApi(client), [client]);
  const [hasRules, setHasRules] = useState(false);
  const view = useView();
  const theme = THEMES[useLook()];

  const enter = useCallback(async () => {
    try {
      const settings = await api.settings();
      setEntered(await api.me().then(
        (me) => ({ is: "in", me, settings }) as const,
        (error: unknown) => {
          if (error instanceof NotSignedIn) return { is: "out", settings, hadEnded: false } as const;
          throw error;
        },
      ));
    } catch (error) {
      setEntered({ is: "trouble", error });
    }
  }, [api]);
  useEffect(() => void enter(), [enter]);
  const isIn = entered.is === "in";
  // Not every service has rules yet, and not everybody may see them.
  useEffect(() => {
    if (isIn) void rules.list().then((found) => setHasRules(found !== null), () => undefined);
  }, [isIn, rules]);
  const isAway = entered.is === "trouble" && entered.error instanceof Away;
  useEffect(() => {
    if (!isAway) return;
    const timer = setInterval(() => void enter(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [isAway, enter]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const signedOut = useCallback(() => {
    session.set("token", null);
    setEntered((before) => ({ is: "out", settings: before.is === "in" ? before.settings : null, hadEnded: true }));
  }, [session]);
  const leave = async () => {
    const hadToken = session.get("token") !== null;
    session.set("token", null);
    session.set("behalf", null);
    const next = hadToken ? null : await api.signOut().catch(() => null);
    if (next) location.assign(next);
    else location.reload();
  };
  const speak = (next: "da" | "en") => {
    session.set("language", next);
    setLanguage(next);
  };
  const actFor = (name: string | null) => {
    session.set("behalf", name);
    setBehalf(name);
  };

  return (
    <CoreProvider value={{ api, t }}>
      <FluentProvider theme={theme}>
        <Frame t={t} view={view} hasRules={hasRules} entered={entered} behalf={behalf} onActFor={actFor} onLeave={() => void leave()} onSpeak={() => speak(language === "da" ? "en" : "da")}>
          {entered.is === "in" ? (
            <WebProvider value={{ api, rules, t, me: entered.me, self: `user:${behalf ?? entered.me.user}`, settings: entered.settings, signedOut }} key={behalf ?? ""}>
              {view === "rules" ? (
                <Suspense fallback={<Bone height="400px" />}>
                  <RulesView />
                </Suspense>
              ) : (
                <WaitingView />
              )}
            </WebProvider>
          ) : (
            <Door entered={entered} t={t} onAgain={() => void enter()} />
          )}
        </Frame>
      </FluentProvider>
    </CoreProvider>
  );
}

interface FrameProps {
  t: WebTexts;
  view: View;
  hasRules: boolean;
  entered: Entered;
  behalf: string | null;
  onActFor: (name: string | null) => void;
  onLeave: () => void;
  onSpeak: () => void;
  children: ReactNode;
}

function Frame({ t, view, hasRules, entered, behalf, onActFor, onLeave, onSpeak, children }: FrameProps) {
  const styles = useStyles();
  const me = entered.is === "in" ? entered.me : null;
  const others = [...new Set([...(me?.may_act_for ?? []), ...(behalf ? [behalf] : [])])];
  const title = `${me && behalf ? `${behalf} – ` : ""}${t(view === "rules" ? "webRules" : "webQueue")} – Sagspost`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div className={styles.page}>
      <a className={styles.skip} href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        {t("webSkip")}
      </a>
      <header className={styles.header}>
        <p className={styles.name}>Sagspost</p>
        <nav className={styles.nav} aria-label={t("webViews")}>
          <a className={mergeClasses(styles.link, view === "queue" && styles.here)} href="#/queue" {...(view === "queue" ? { "aria-current": "page" as const } : {})}>
            {t("webQueue")}
          </a>
          {hasRules && (
            <a className={mergeClasses(styles.link, view === "rules" && styles.here)} href="#/rules" {...(view === "rules" ? { "aria-current": "page" as const } : {})}>
              {t("webRules")}
            </a>
          )}
          <a className={styles.link} href="/">
            {t("webOldQueue")}
          </a>
        </nav>
        <div className={styles.who}>
          {me && <span>{t("webSignedInAs", { name: me.display_name })}</span>}
          {me && others.length > 0 && (
            <Select size="small" aria-label={t("webOnBehalfOf")} value={behalf ?? ""} onChange={(_, { value }) => onActFor(value || null)}>
              <option value="">{t("webMyself")}</option>
              {others.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          )}
          <Button size="small" appearance="subtle" lang={t.language === "da" ? "en" : "da"} onClick={onSpeak}>
            {t.language === "da" ? "English" : "Dansk"}
          </Button>
          {me && (
            <Button size="small" appearance="subtle" onClick={onLeave}>
              {t("webSignOut")}
            </Button>
          )}
        </div>
      </header>
      {me && behalf && (
        <div className={styles.acting} role="status">
          <span>{t("webActingFor", { name: behalf })}</span>
          <Button size="small" onClick={() => onActFor(null)}>
            {t("webAsMyself")}
          </Button>
        </div>
      )}
      <main className={styles.body} id="main" tabIndex={-1} style={{ outline: "none" }}>
        {children}
      </main>
    </div>
  );
}

/** Before somebody is in: why not yet, and what to do. */
function Door({ entered, t, onAgain }: { entered: Exclude<Entered, { is: "in" }>; t: WebTexts; onAgain: () => void }) {
  const parts = useParts();
  const styles = useStyles();
  if (entered.is === "looking")
    return (
      <div className={parts.face} aria-busy="true">
        <Bone height="32px" />
        <Bone height="400px" />
      </div>
    );
  if (entered.is === "out") {
    const back = `/auth/sign-in?return_to=${encodeURIComponent("/app")}`;
    return (
      <Face title={t(entered.hadEnded ? "webEnded" : "faceSignedOut")} text={t(entered.settings?.has_provider === false ? "webTokenOnly" : "webSignInMore")}>
        {entered.settings?.has_provider !== false && (
          <Button as="a" appearance="primary" href={back}>
            {t("signIn")}
          </Button>
        )}
        <a className={styles.link} href="/">
          {t("webOldQueue")}
        </a>
      </Face>
    );
  }
  const { error } = entered;
  const { title, detail } = inWords(error, t);
  if (error instanceof Problem)
    return (
      <Face title={error.body.status === 403 ? t("faceNoAccess") : title} text={error.body.status === 403 ? `${title}. ${detail}` : detail}>
        <Button onClick={onAgain}>{t("again")}</Button>
      </Face>
    );
  return (
    <Face title={t("faceAway")} text={t("webAwayMore")}>
      <Button onClick={onAgain}>{t("again")}</Button>
    </Face>
  );
}

type View = "queue" | "rules";

/** Which view the address names. */
function useView(): View {
  return useSyncExternalStore(
    (heard) => {
      addEventListener("hashchange", heard);
      return () => removeEventListener("hashchange", heard);
    },
    () => (location.hash.startsWith("#/rules") ? "rules" : "queue"),
  );
}

const LOOKS = { contrast: "(forced-colors: active)", dark: "(prefers-color-scheme: dark)" };

/** As the system wants it. */
function useLook(): keyof typeof THEMES {
  const look = useSyncExternalStore(
    (heard) => {
      const queries = Object.values(LOOKS).map((query) => matchMedia(query));
      for (const query of queries) query.addEventListener("change", heard);
      return () => {
        for (const query of queries) query.removeEventListener("change", heard);
      };
    },
    () => (matchMedia(LOOKS.contrast).matches ? "contrast" : matchMedia(LOOKS.dark).matches ? "dark" : "light"),
  );
  useEffect(() => {
    document.documentElement.style.colorScheme = look === "light" ? "light" : look === "dark" ? "dark" : "";
  }, [look]);
  return look;
}
