import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { useState } from 'react'

import { _, format, ngettext } from '../i18n/gettext.ts'
import type { ContainerSummary } from '../engine/live/live-data.ts'

type Port = NonNullable<ContainerSummary['Ports']>[number]

/** A published port as text: `8080 → 80`, with address and protocol unless they are the defaults. */
export function portText({ host_ip, host_port, container_port, range = 1, protocol = 'tcp' }: Port): string {
  const span = (port: number) => (range > 1 ? `${port}–${port + range - 1}` : String(port))
  const address = host_ip && host_ip !== '0.0.0.0' ? `${inUrl(host_ip)}:` : ''
  return `${address}${span(host_port ?? 0)} → ${span(container_port)}${protocol === 'tcp' ? '' : `/${protocol}`}`
}

const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address)

const everywhere = new Set(['', '0.0.0.0', '::'])
const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host)
const securePorts = new Set([443, 8443])

/**
 * The address at which a browser finds what is published; undefined where it cannot: other protocols than TCP, and loopback
 * addresses of a host that the page comes from over the network.
 *
 * @param pageHost the name by which the browser knows the host
 */
export function portUrl(
  { host_ip = '', host_port, container_port, protocol = 'tcp' }: Port,
  pageHost: string,
): string | undefined {
  if (protocol !== 'tcp' || !host_port) return undefined
  if (isLoopback(host_ip) && !isLoopback(pageHost)) return undefined
  const scheme = securePorts.has(container_port) || securePorts.has(host_port) ? 'https' : 'http'
  const host = everywhere.has(host_ip) ? inUrl(pageHost.replaceAll(/[[\]]/g, '')) : inUrl(host_ip)
  return `${scheme}://${host}:${host_port}`
}

interface PortsProps {
  ports: readonly Port[] | null
  /** How many are shown at first; all by default. */
  limit?: number
}

/** A container's published ports, each once, as links that open in a new tab. */
export function Ports({ ports, limit = Infinity }: PortsProps) {
  const [all, setAll] = useState(false)
  const byText = new Map((ports ?? []).map((port) => [portText(port), port]))
  if (byText.size === 0) return <span aria-hidden="true">–</span>
  const more = byText.size > limit + 1 ? byText.size - limit : 0
  const shown = [...byText].slice(0, all || more === 0 ? undefined : limit)
  return (
    <ul className="berth-ports">
      {shown.map(([text, port]) => (
        <li key={text} title={text}>
          <PortLink text={text} url={portUrl(port, window.location.hostname)} />
        </li>
      ))}
      {more > 0 && (
        <li>
          <Button
            variant="link"
            isInline
            className="berth-ports-more"
            aria-expanded={all}
            aria-label={all ? _('Show fewer ports') : ngettext('Show {n} more port', 'Show {n} more ports', more)}
            onClick={() => setAll(!all)}
          >
            {all ? _('Show less') : `+${more}`}
          </Button>
        </li>
      )}
    </ul>
  )
}

function PortLink({ text, url }: { text: string; url: string | undefined }) {
  if (url === undefined) return <span>{text}</span>
  return (
    <a href={url} target="_blank" rel="noreferrer" title={format(_('Open {url} in a new tab'), { url })}>
      {text}
    </a>
  )
}
