/** Office.js answers by callbacks; here they are promises that never hang. */

const PATIENCE_MS = 15_000;

/** What Office.js says went wrong. */
export class OfficeError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = "OfficeError";
  }
}

export function asked<T>(call: (callback: (result: Office.AsyncResult<T>) => void) => void, patienceMs = PATIENCE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new OfficeError(0, "Outlook did not answer")), patienceMs);
    const answered = (result: Office.AsyncResult<T>) => {
      clearTimeout(timer);
      // The names of the enumeration's values; the enumeration itself is missing in classic Outlook's script runtime.
      if ((result.status as unknown as string) === "succeeded") resolve(result.value);
      else reject(new OfficeError(result.error?.code ?? 0, result.error?.message ?? "Outlook refused"));
    };
    try {
      call(answered);
    } catch (error) {
      clearTimeout(timer);
      reject(error instanceof Error ? error : new OfficeError(0, String(error)));
    }
  });
}

/** For what may be missing: `null` instead of an error. */
export async function ifAble<T>(work: () => Promise<T> | T): Promise<T | null> {
  try {
    return await work();
  } catch {
    return null;
  }
}
