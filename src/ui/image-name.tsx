/** Splits `registry/path/name:tag` into what is read last and what is read first. */
export function splitImageName(name: string): { place: string; rest: string } {
  const slash = name.lastIndexOf('/')
  return { place: name.slice(0, slash + 1), rest: name.slice(slash + 1) }
}

/** An image's name: the part people look for first is the one that stands out, the whole is there on hover. */
export function ImageName({ name }: { name: string }) {
  if (/^(sha256:)?[0-9a-f]{64}$/.test(name)) return <code title={name}>{name.replace(/^sha256:/, '').slice(0, 12)}</code>
  const { place, rest } = splitImageName(name.replace(/@sha256:([0-9a-f]{12})[0-9a-f]+$/, '@$1'))
  return (
    <span title={name} className="berth-image-name">
      <span className="berth-quiet">{place.replace(/^docker\.io\/(library\/)?/, '')}</span>
      <span>{rest}</span>
    </span>
  )
}
