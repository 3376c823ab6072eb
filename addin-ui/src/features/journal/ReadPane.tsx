/** The pane beside a mail that somebody reads. One mail, one component: answers for another mail go nowhere. */

import { Button } from "@fluentui/react-components";
import { lazy, Suspense, useEffect, useState } from "react";
import { Problem } from "../../api/problem";
import type { CaseLabel, KnownMail, Suggestions } from "../../api/types";
import type { OpenMail } from "../../office/host";
import { inWords, useApp, useQueue } from "../../shell/app";
import { Bone, Face, Told, Trouble, useParts, WorkButton } from "../../shell/parts";
import { SignedOut } from "../../shell/SignedOut";
import { Search } from "../cases/Search";
import { CardBones, Cards } from "./Cards";
import { Filed } from "./Filed";
import { Attachments, NameBones, TitleField } from "./Names";
import { Status } from "./Status";
import { useFiling, type Filing } from "./useFiling";
import { useMail } from "./useMail";

const More = lazy(() => import("./More"));
const Follow = lazy(() => import("./Follow"));
const Thread = lazy(() => import("./Thread"));
const NewCase = lazy(() => import("../cases/NewCase"));

/** Of the service's answer to whether the mail is for a case, in percent. */
const HARDLY_PERCENT = 30;

export function ReadPane({ undoHours }: { undoHours: number }) {
  const { host, t } = useApp();
  const [open, setOpen] = useState<OpenMail | null>(() => host.openMail());
  useEffect(() => host.onMailChanged(() => setOpen(host.openMail())), [host]);
  if (!open) return <Face title={t("faceNoMail")} text={t("faceNoMailMore")} />;
  if (open.kind === "draft") return <Face title={t("faceDraft")} text={t("faceDraftMore")} />;
  if (open.kind === "meeting" && !open.messageId) return <Face title={t("faceMeeting")} text={t("faceMeetingMore")} />;
  return <OneMail key={open.key} open={open} undoHours={undoHours} />;
}

function OneMail({ open, undoHours }: { open: OpenMail; undoHours: number }) {
  const parts = useParts();
  const { queue, t } = useApp();
  const { state, load } = useMail(open);
  const [isSignedOut, setSignedOut] = useState(false);
  const [isAlso, setAlso] = useState(false);
  const mail = state.is === "known" ? state.mail : null;
  const suggestions = state.is === "known" ? state.suggestions : null;
  const filing = useFiling(open, mail, suggestions, load, () => setSignedOut(true));
  useQueue();
  const waiting = queue.of(open.key);
  const owner = useOwner();

  const signedIn = () => {
    setSignedOut(false);
    void load();
    void queue.run();
  };

  if (state.is === "signed-out" || isSignedOut) return <SignedOut onSignedIn={signedIn} />;
  if (state.is === "trouble") return <InTrouble error={state.error} onAgain={() => void load()} />;
  if (state.is === "unknown") return <Unknown isEncrypted={open.kind === "encrypted"} content={state.content} suggestions={state.suggestions} filing={filing} onAgain={() => void load()} />;
  if (state.is === "loading")
    return (
      <>
        <Status mail={null} waiting={waiting} owner={owner} />
        <Loading attachments={open.attachments.length} />
      </>
    );

  const isFiled = state.mail.entries.length > 0;
  return (
    <>
      <Status key={filing.done ? "done" : filing.isUndone ? "undone" : ""} mail={state.mail} waiting={waiting} isDone={filing.done !== null && isFiled} isUndone={filing.isUndone} owner={owner} />
      <Notes open={open} mail={state.mail} isAway={state.isAway} isQueued={waiting !== null} />
      {filing.error !== null && (
        <div className={parts.section} style={{ paddingTop: 12 }}>
          <Trouble error={filing.error} />
        </div>
      )}
      {waiting ? (
        <div className={parts.section} style={{ paddingTop: 12 }}>
          <div>
            <Button onClick={() => queue.cancel(waiting.key)}>{t("cancel")}</Button>
          </div>
        </div>
      ) : isFiled && !isAlso ? (
        <Filed mail={state.mail} filing={filing} undoHours={undoHours} onAlso={() => setAlso(true)} />
      ) : state.mail.not_for_a_case ? (
        <div className={parts.section} style={{ paddingTop: 12 }}>
          <div>
            <WorkButton busy={filing.busyOn === "aside"} words={t("forACaseAfterAll")} working={t("undoing")} onClick={() => void filing.act("aside", () => filing.forACaseAfterAll(state.mail.mail_id))} />
          </div>
        </div>
      ) : (
        <Choosing
          mail={state.mail}
          suggestions={state.suggestions}
          filing={filing}
          onFile={async (on) => {
            await filing.file(on);
            setAlso(false);
          }}
        />
      )}
      {!waiting && !state.mail.not_for_a_case && (
        <Suspense fallback={null}>
          <Thread mail={state.mail} filing={filing} />
          <Follow key={isFiled ? "filed" : ""} mail={state.mail} filing={filing} />
        </Suspense>
      )}
    </>
  );
}

/** Whose mailbox it is: told, as soon as Outlook tells it, where that is not one's own. */
function useOwner() {
  const { host } = useApp();
  const [owner, setOwner] = useState<string | null>(null);
  useEffect(() => {
    let isHere = true;
    void host.owner().then((owner) => isHere && setOwner(owner));
    return () => {
      isHere = false;
    };
  }, [host]);
  return owner;
}

interface ChoosingProps {
  mail: KnownMail;
  suggestions: Suggestions | null;
  filing: Filing;
  onFile: (on: CaseLabel) => Promise<void>;
}

function Choosing({ mail, suggestions, filing, onFile }: ChoosingProps) {
  const parts = useParts();
  const { t } = useApp();
  const [isMore, setMore] = useState(false);
  const { draft, change, busyOn } = filing;
  const [isNew, setNew] = useState(draft.newCase !== undefined);
  /** From the form for a new case: whoever goes back stands where they went in. */
  const [isBack, setBack] = useState(false);
  const file = (on: CaseLabel) => void onFile(on);

  if (isNew)
    return (
      <Suspense fallback={<Bone height="400px" />}>
        <NewCase
          mail={mail}
          typed={draft.newCase}
          onTyped={(newCase) => change({ newCase })}
          onBack={() => {
            setNew(false);
            setBack(true);
            change({ newCase: undefined });
          }}
          onFile={onFile}
        />
      </Suspense>
    );
  return (
    <div className={parts.section} style={{ gap: 16, paddingTop: 12, paddingBottom: 12 }}>
      <section className={parts.section} style={{ padding: 0 }} aria-labelledby="suggestions-heading">
        <h2 className={parts.heading} id="suggestions-heading">
          {t("suggestions")}
        </h2>
        <Advice suggestions={suggestions} isFiling={busyOn !== null} />
        {suggestions && suggestions.cases.length > 0 && <Cards cases={suggestions.cases} busyOn={busyOn} onFile={file} pressWords={t("fileOn", { case: "" })} />}
        <Told>{busyOn ? t("filing") : ""}</Told>
      </section>
      <Search words={draft.words ?? ""} onWords={(words) => change({ words })} onChoose={file} chooseWords={(name) => t("fileOn", { case: name })} />
      {suggestions && (
        <>
          <TitleField draft={draft} onChange={change} suggested={suggestions.title} />
          <Attachments draft={draft} onChange={change} files={suggestions.attachments} />
          <div>
            <Button appearance="subtle" aria-expanded={isMore} onClick={() => setMore(!isMore)}>
              {t("more")}
            </Button>
            {isMore && (
              <Suspense fallback={<Bone height="140px" />}>
                <More mail={mail.mail_id} draft={draft} suggestions={suggestions} onChange={change} />
              </Suspense>
            )}
          </div>
        </>
      )}
      <div className={parts.row}>
        <Button autoFocus={isBack} onClick={() => setNew(true)}>
          {t("newCase")}
        </Button>
        {mail.entries.length === 0 && <WorkButton busy={busyOn === "aside"} words={t("notForACase")} working={t("filing")} appearance="subtle" onClick={() => void filing.act("aside", () => filing.notForACase(mail.mail_id))} />}
      </div>
    </div>
  );
}

/** One line above the cards, always there: how to use them, or what to know first. */
function Advice({ suggestions, isFiling }: { suggestions: Suggestions | null; isFiling: boolean }) {
  const parts = useParts();
  const { t } = useApp();
  const against = suggestions && suggestions.for_a_case.probability <= HARDLY_PERCENT ? suggestions.for_a_case.reasons.find((reason) => !reason.for_a_case) : null;
  const words = isFiling ? t("filing") : !suggestions || suggestions.cases.length === 0 ? t("suggestionsNone") : suggestions.built_percent < 100 ? t("suggestionsBuilding", { percent: suggestions.built_percent }) : against ? t("hardly", { reason: against.text }) : t("suggestionsHint");
  return (
    <p className={parts.hint} style={{ minHeight: 32 }}>
      {words}
    </p>
  );
}

function Notes({ open, mail, isAway, isQueued }: { open: OpenMail; mail: KnownMail; isAway: boolean; isQueued: boolean }) {
  const parts = useParts();
  const { t } = useApp();
  const notes = [isAway && !isQueued && t("faceAwayKnown"), open.kind === "meeting" && t("noteMeeting"), open.kind === "encrypted" && t("noteEncrypted"), mail.incomplete_reason && t("noteIncomplete")].filter(Boolean);
  if (notes.length === 0) return null;
  return (
    <div className={parts.section} style={{ paddingTop: 12 }}>
      {notes.map((note) => (
        <p key={String(note)} className={parts.note} role="status">
          {note}
        </p>
      ))}
    </div>
  );
}

function Loading({ attachments }: { attachments: number }) {
  const parts = useParts();
  const { t } = useApp();
  return (
    <div className={parts.section} style={{ gap: 16, paddingTop: 12 }} aria-busy="true">
      <section className={parts.section} style={{ padding: 0 }}>
        <h2 className={parts.heading}>{t("suggestions")}</h2>
        <p className={parts.hint} style={{ minHeight: 32 }}>
          {"\u00a0"}
        </p>
        <CardBones />
      </section>
      <Bone height="54px" />
      <NameBones attachments={attachments} />
    </div>
  );
}

function InTrouble({ error, onAgain }: { error: unknown; onAgain: () => void }) {
  const { t } = useApp();
  const isRefused = error instanceof Problem && error.body.status === 403;
  const { title, detail } = inWords(error, t);
  const face = error instanceof Problem ? { title: isRefused ? t("faceNoAccess") : title, text: isRefused ? `${title}. ${detail}` : detail } : { title: t("faceAway"), text: t("faceAwayMore") };
  return (
    <Face {...face}>
      <Button onClick={onAgain}>{t("again")}</Button>
    </Face>
  );
}

interface UnknownProps {
  isEncrypted: boolean;
  content: Uint8Array | null;
  suggestions: Suggestions | null;
  filing: Filing;
  onAgain: () => void;
}

/** It can be sent in from here, where Outlook gives its content. */
function Unknown({ isEncrypted, content, suggestions, filing, onAgain }: UnknownProps) {
  const parts = useParts();
  const { t } = useApp();
  const cases = content ? (suggestions?.cases ?? []) : [];
  return (
    <>
      <Face title={t("statusUnknown")} text={t("faceUnknownMore")}>
        {isEncrypted && <p className={parts.note}>{t("noteEncrypted")}</p>}
        <Trouble error={filing.error} />
        <div className={parts.row}>
          <Button onClick={onAgain}>{t("again")}</Button>
          {content && <WorkButton busy={filing.busyOn === "send"} words={t("faceUnknownSend")} working={t("faceUnknownSending")} appearance="subtle" onClick={() => void filing.sendIn(content, null)} />}
        </div>
      </Face>
      {content && cases.length > 0 && (
        <section className={parts.section}>
          <p className={parts.hint}>{t("faceUnknownPress")}</p>
          <Cards cases={cases} busyOn={filing.busyOn} onFile={(on) => void filing.sendIn(content, on)} pressWords={t("fileOn", { case: "" })} />
        </section>
      )}
    </>
  );
}
