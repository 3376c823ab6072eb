/** Parties as they are proposed, and as they are sent. */

import { Checkbox } from "@fluentui/react-components";
import type { Party, ProposedParty } from "../../api/types";
import { useParts } from "../../shell/parts";

export const asParty = ({ kind, name, identifier, address, mail }: ProposedParty): Party => ({ kind, name, identifier: identifier ?? null, address: address ?? null, mail: mail ?? null });
export const isSame = (a: Party, b: Party) => a.name === b.name && a.identifier === b.identifier && a.mail === b.mail;

/** A party, and why it is thought to be one. */
export function PartyTick({ party, isTaken, onTake }: { party: ProposedParty; isTaken: boolean; onTake: (isTaken: boolean) => void }) {
  const parts = useParts();
  return (
    <div>
      <Checkbox checked={isTaken} label={[party.name, party.identifier].filter(Boolean).join(", ")} onChange={(_, { checked }) => onTake(checked === true)} />
      <p className={parts.hint} style={{ paddingLeft: 32 }}>
        {party.reasons.map((reason) => reason.text).join(" · ")}
      </p>
    </div>
  );
}
