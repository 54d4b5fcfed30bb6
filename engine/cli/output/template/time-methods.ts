import { goTime } from '../go-time.ts'

const months = 'January February March April May June July August September October November December'.split(' ')
const weekdays = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')
const two = (value: number): string => String(value).padStart(2, '0')

/** The parts of Go's reference time, `Mon Jan 2 15:04:05 MST 2006`, and what stands for each. */
const layoutParts: readonly [RegExp, (time: Date, fraction: string) => string][] = [
  [/^2006/, (time) => String(time.getUTCFullYear())],
  [/^January/, (time) => months[time.getUTCMonth()] as string],
  [/^Jan/, (time) => (months[time.getUTCMonth()] as string).slice(0, 3)],
  [/^Monday/, (time) => weekdays[time.getUTCDay()] as string],
  [/^Mon/, (time) => (weekdays[time.getUTCDay()] as string).slice(0, 3)],
  [/^MST/, () => 'UTC'],
  [/^Z07:00/, () => 'Z'],
  [/^-07:00/, () => '+00:00'],
  [/^-0700/, () => '+0000'],
  [/^01/, (time) => two(time.getUTCMonth() + 1)],
  [/^_2/, (time) => String(time.getUTCDate()).padStart(2)],
  [/^02/, (time) => two(time.getUTCDate())],
  [/^03/, (time) => two(time.getUTCHours() % 12 || 12)],
  [/^04/, (time) => two(time.getUTCMinutes())],
  [/^05/, (time) => two(time.getUTCSeconds())],
  [/^06/, (time) => two(time.getUTCFullYear() % 100)],
  [/^15/, (time) => two(time.getUTCHours())],
  [/^PM/, (time) => (time.getUTCHours() < 12 ? 'AM' : 'PM')],
  [/^[.,]0+/, (_, fraction) => fraction],
  [/^[.,]9+/, (_, fraction) => fraction],
  [/^1/, (time) => String(time.getUTCMonth() + 1)],
  [/^2/, (time) => String(time.getUTCDate())],
  [/^3/, (time) => String(time.getUTCHours() % 12 || 12)],
  [/^4/, (time) => String(time.getUTCMinutes())],
  [/^5/, (time) => String(time.getUTCSeconds())],
]

function formatTime(rfc3339: string, layout: string): string {
  const time = new Date(rfc3339)
  const digits = (/\.(\d+)/.exec(rfc3339)?.[1] ?? '').padEnd(9, '0')
  let text = ''
  for (let rest = layout; rest !== '';) {
    const found = layoutParts.map(([pattern, show]) => [pattern.exec(rest)?.[0], show] as const).find(([part]) => part)
    const [part, show] = found ?? []
    if (part === undefined || !show) {
      text += rest[0]
      rest = rest.slice(1)
      continue
    }
    const count = part.length - 1
    const fraction = part[0] + digits.slice(0, count)
    text += show(time, part.includes('9') ? fraction.replace(/[.,]?0*$/, '') : fraction)
    rest = rest.slice(part.length)
  }
  return text
}

/** The methods of Go's time.Time that a template can call, in UTC, in which the engine gives all times. */
export function timeMethods(rfc3339: string): object {
  const time = () => new Date(rfc3339)
  const nanoseconds = () => Number((/\.(\d+)/.exec(rfc3339)?.[1] ?? '').padEnd(9, '0').slice(0, 9))
  const methods = {
    Year: () => time().getUTCFullYear(),
    Month: () => months[time().getUTCMonth()],
    Day: () => time().getUTCDate(),
    Hour: () => time().getUTCHours(),
    Minute: () => time().getUTCMinutes(),
    Second: () => time().getUTCSeconds(),
    Nanosecond: nanoseconds,
    Weekday: () => weekdays[time().getUTCDay()],
    Unix: () => Math.floor(time().getTime() / 1000),
    UnixMilli: () => time().getTime(),
    UnixNano: () => Math.floor(time().getTime() / 1000) * 1e9 + nanoseconds(),
    IsZero: () => time().getTime() === Date.parse('0001-01-01T00:00:00Z'),
    String: () => goTime(rfc3339),
    Format: (layout: unknown) => formatTime(rfc3339, String(layout)),
  }
  return Object.defineProperties({}, Object.fromEntries(Object.entries(methods).map(([name, value]) => [name, { value }])))
}
