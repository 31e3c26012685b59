/** The zone of this system (IANA). */
export function localZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
