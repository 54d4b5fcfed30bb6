import { Properties } from './properties.tsx'

/** `NAME=value` as a name and a value. */
export const variableEntries = (variables: readonly string[]): [name: string, value: string][] =>
  variables.map((each) => {
    const [name = ''] = each.split('=', 1)
    return [name, each.slice(name.length + 1)]
  })

/** A card of user-defined names and values: variables, labels. */
export function KeyValues({ title, entries }: { title: string; entries: readonly (readonly [name: string, value: string])[] }) {
  return (
    <Properties title={title}>
      <ul className="berth-mounts berth-env" tabIndex={0} aria-label={title}>
        {entries.map(([name, value]) => (
          <li key={name}>
            <code className="berth-code">
              <b>{name}</b>={value}
            </code>
          </li>
        ))}
      </ul>
    </Properties>
  )
}
