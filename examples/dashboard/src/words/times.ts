const MOMENT = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** 23 Nov, 10:15; a dash when it is not known. */
export function formatMoment(iso: string | null | undefined): string {
  return iso ? MOMENT.format(Date.parse(iso)) : '–';
}

/** 10:15:42 */
export function formatClock(moment: string | number): string {
  return CLOCK.format(new Date(moment));
}
