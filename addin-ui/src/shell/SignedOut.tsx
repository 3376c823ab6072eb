/** Nobody is signed in: one button, and nothing that was typed is lost. */

import { useState } from "react";
import { useApp } from "./app";
import { Face, useParts, WorkButton } from "./parts";

export function SignedOut({ onSignedIn }: { onSignedIn: () => void }) {
  const parts = useParts();
  const { signIn, t } = useApp();
  const [isBusy, setBusy] = useState(false);
  const [isFailed, setFailed] = useState(false);
  const press = async () => {
    setBusy(true);
    setFailed(false);
    const isIn = await signIn.signIn().catch(() => false);
    setBusy(false);
    if (isIn) onSignedIn();
    else setFailed(true);
  };
  return (
    <Face title={t("faceSignedOut")} text={t("faceSignedOutMore")}>
      <WorkButton busy={isBusy} words={t("signIn")} working={t("signingIn")} appearance="primary" onClick={() => void press()} />
      {isFailed && (
        <p className={parts.fault} role="alert">
          {t("signInFailed")}
        </p>
      )}
    </Face>
  );
}
