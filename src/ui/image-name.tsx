/** Splits `registry/path/name:tag` at the last slash. */
export function splitImageName(name: string): { place: string; rest: string } {
  const slash = name.lastIndexOf('/')
  return { place: name.slice(0, slash + 1), rest: name.slice(slash + 1) }
}

/** An image name: its last part, its registry and path below, the full name on hover. */
export function ImageName({ name }: { name: string }) {
  if (/^(sha256:)?[0-9a-f]{64}$/.test(name)) return <code title={name}>{name.replace(/^sha256:/, '').slice(0, 12)}</code>
  const { place, rest } = splitImageName(name.replace(/@sha256:([0-9a-f]{12})[0-9a-f]+$/, '@$1'))
  return (
    <div title={name} className="berth-image-name">
      {rest}
      {place !== '' && <div className="berth-quiet berth-second">{place.replace(/\/$/, '')}</div>}
    </div>
  )
}
