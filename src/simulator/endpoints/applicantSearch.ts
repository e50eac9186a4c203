import type { Applicant } from '../world/records';

/** Whether a part of the applicant's name reads so, whatever the case. The vendor's rule is not known. */
export function fitsName(applicant: Applicant, part: string): boolean {
  const wanted = part.toLowerCase();
  return [applicant.providedInfo, applicant.systemInfo].some((info) => {
    const whole = [info.first_name, info.last_name].filter((name) => typeof name === 'string').join(' ');
    const full = typeof info.full_name === 'string' ? info.full_name : '';
    return whole.toLowerCase().includes(wanted) || full.toLowerCase().includes(wanted);
  });
}

/** @param country alpha-2 */
export function fitsCountry(applicant: Applicant, country: string): boolean {
  return [applicant.providedInfo, applicant.systemInfo].some(
    (info) => info.country === country || info.citizenship === country,
  );
}
