import type { ContainerSummary } from '../engine/live/live-data.ts'

type Port = NonNullable<ContainerSummary['Ports']>[number]

/** A published port as text: `8080 → 80`, with address and protocol unless they are the defaults. */
export function portText({ host_ip, host_port, container_port, range = 1, protocol = 'tcp' }: Port): string {
  const span = (port: number) => (range > 1 ? `${port}–${port + range - 1}` : String(port))
  const address = host_ip && host_ip !== '0.0.0.0' ? `${host_ip.includes(':') ? `[${host_ip}]` : host_ip}:` : ''
  return `${address}${span(host_port ?? 0)} → ${span(container_port)}${protocol === 'tcp' ? '' : `/${protocol}`}`
}

/** A container's published ports, each once. */
export function Ports({ ports }: { ports: readonly Port[] | null }) {
  const texts = [...new Set((ports ?? []).map(portText))]
  if (texts.length === 0) return <span aria-hidden="true">–</span>
  return (
    <ul className="berth-ports">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}
