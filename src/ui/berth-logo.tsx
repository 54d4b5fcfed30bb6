/** The mark and the name: a hull at its berth. */
export function BerthLogo({ large = false }: { large?: boolean }) {
  return (
    <span className={large ? 'berth-logo berth-logo-large' : 'berth-logo'}>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="berth-logo-ground" />
        <path className="berth-logo-box" d="M9 9h6v5H9zM17 9h6v5h-6z" />
        <path className="berth-logo-hull" d="M5 16h22l-3 6.2a3 3 0 0 1-2.7 1.8H10.700a3 3 0 0 1-2.700-1.800z" />
      </svg>
      <span>Berth</span>
    </span>
  )
}
