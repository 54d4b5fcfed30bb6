/** What changed, for those who hear the page; not seen. Draw it always, with or without words: only changes are read out. */
export function Spoken({ children }: { children: string }) {
  return (
    <p className="pf-v6-screen-reader" role="status">
      {children}
    </p>
  )
}
