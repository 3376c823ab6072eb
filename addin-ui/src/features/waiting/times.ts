/** When a mail that is put off comes back. */

const MORNING = 8;

export interface Later {
  key: "snoozeThreeHours" | "snoozeTomorrow" | "snoozeMonday" | "snoozeWeek";
  until: Date;
}

/** The usual choices, each later than now and in order. */
export function laterThan(now: Date): Later[] {
  const morning = (days: number) => {
    const day = new Date(now);
    day.setDate(day.getDate() + days);
    day.setHours(MORNING, 0, 0, 0);
    return day;
  };
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const choices: Later[] = [
    { key: "snoozeThreeHours", until: new Date(now.getTime() + 3 * 3600 * 1000) },
    { key: "snoozeTomorrow", until: morning(1) },
    { key: "snoozeMonday", until: morning(toMonday) },
    { key: "snoozeWeek", until: morning(7) },
  ];
  // On a Sunday the next Monday is tomorrow, and on a Monday it is in a week.
  return choices.filter(({ until }, at) => choices.findIndex((other) => other.until.getTime() === until.getTime()) === at);
}

/** The morning of a day as a date field gives it; null when that is not after now. */
export function morningOf(day: string, now: Date): Date | null {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return null;
  const until = new Date(year, month - 1, date, MORNING);
  return until > now ? until : null;
}
