/** An RFC 3339 time as Go prints one: `2026-11-24 09:13:25.41970842 +0000 UTC`, in the local zone. */
export function goTime(rfc3339: string): string {
  const [, fraction = ''] = /\.(\d+)/.exec(rfc3339) ?? []
  const time = new Date(rfc3339)
  if (Number.isNaN(time.getTime())) return rfc3339
  const two = (value: number) => String(value).padStart(2, '0')
  const offset = -time.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  const date = `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
  const digits = fraction.replace(/0+$/, '')
  return `${date} ${clock}${digits ? `.${digits}` : ''} ${zone} ${zoneName(time)}`
}

function zoneName(time: Date): string {
  const part = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(time)
    .find(({ type }) => type === 'timeZoneName')
  return part?.value ?? 'UTC'
}
