/** A live region for screen readers, not visible. Render it always, also when empty: only changes are announced. */
export function LiveRegion({ children }: { children: string }) {
  return (
    <p className="pf-v6-screen-reader" role="status">
      {children}
    </p>
  )
}
