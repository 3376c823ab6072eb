/** For an Idempotency-Key: unlike any other. Classic Outlook's script runtime has no `crypto`. */
export function newKey(): string {
  if (typeof crypto !== "undefined" && typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const part = () => Math.floor(Math.random() * 2 ** 32).toString(36);
  return [Date.now().toString(36), part(), part(), part()].join("-");
}
