/** Splits `registry/path/name:tag` into what is read last and what is read first. */
export function splitImageName(name: string): { place: string; rest: string } {
  const slash = name.lastIndexOf('/')
  return { place: name.slice(0, slash + 1), rest: name.slice(slash + 1) }
}

/** An image's name: the part people look for first on its own line, where it comes from below, the whole on hover. */
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
