/** Whether what comes later in the conversation goes to the same case: with the filing, or for a mail that is filed. */

import { Switch } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { AddinSettings, FollowThreads, Following, KnownMail } from "../../api/types";
import { useApp } from "../../shell/app";
import { Told, Trouble, useParts } from "../../shell/parts";
import type { Filing } from "./useFiling";

/** Where the service does not follow conversations, nothing is shown. */
const followsOf = (settings: AddinSettings | null) => (settings as { follow_threads?: FollowThreads } | null)?.follow_threads ?? null;

export default function Follow({ mail, filing }: { mail: KnownMail; filing: Filing }) {
  const { settings } = useApp();
  const [follows, setFollows] = useState<FollowThreads | null>(null);
  useEffect(() => void settings().then((known) => setFollows(followsOf(known))), [settings]);
  if (!follows) return null;
  return mail.entries.length > 0 ? <OfFiled mail={mail} /> : <WithFiling follows={follows} filing={filing} />;
}

function WithFiling({ follows, filing }: { follows: FollowThreads; filing: Filing }) {
  const parts = useParts();
  const { t } = useApp();
  return (
    <div className={parts.section}>
      <Switch checked={filing.draft.follow ?? follows === "on"} label={t("follow")} onChange={(_, { checked }) => filing.change({ follow: checked })} />
    </div>
  );
}

function OfFiled({ mail }: { mail: KnownMail }) {
  const parts = useParts();
  const { api, t } = useApp();
  const [known, setKnown] = useState<Following | null>(null);
  const [isSaved, setSaved] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { mail_id: id } = mail;

  useEffect(() => {
    const controller = new AbortController();
    api
      .following(id, controller.signal)
      .then((known) => !controller.signal.aborted && setKnown(known))
      .catch(() => undefined); // an extra: the mail lies where it lies
    return () => controller.abort();
  }, [api, id]);

  const turn = async (following: boolean) => {
    const before = known;
    setKnown((known) => known && { ...known, following });
    setSaved(false);
    setError(null);
    try {
      setKnown(await api.follow(id, following, before?.case_id ?? mail.entries[0]?.case_id ?? null));
      setSaved(true);
    } catch (error) {
      setKnown(before);
      setError(error);
    }
  };

  if (!known) return null;
  return (
    <div className={parts.section}>
      <Switch checked={known.following} label={t(known.following ? "following" : "follow")} onChange={(_, { checked }) => void turn(checked)} />
      <Trouble error={error} />
      <Told>{isSaved ? t("followSaved") : ""}</Told>
    </div>
  );
}
