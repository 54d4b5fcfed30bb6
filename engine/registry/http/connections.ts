import { readCertificates } from '../config/certificates.ts'
import { type Exchange, openExchange } from './exchange.ts'
import type { Source } from '../config/sources.ts'

/** Connections that several repositories of the same registries share. The caller closes them. */
export interface Connections {
  to(source: Source, options: { certDir?: string; idle?: number }): Exchange
  /** Idempotent. */
  close(): void
}

/** Opens connections, one set for each registry. */
export function openConnections(): Connections {
  const open = new Map<string, Exchange>()
  return {
    to(source, options) {
      const key = JSON.stringify([source.registry, source.insecure, options.certDir, options.idle])
      let exchange = open.get(key)
      if (!exchange) {
        exchange = connectTo(source, options)
        open.set(key, exchange)
      }
      return exchange
    },
    close() {
      for (const exchange of open.values()) exchange.close()
      open.clear()
    },
  }
}

/** Connections to one registry, trusting whom its certificates say. */
export function connectTo({ registry, insecure }: Source, { certDir, idle }: { certDir?: string; idle?: number }): Exchange {
  return openExchange({
    tls: () => readCertificates(registry, { certDir, verify: !insecure }),
    verify: !insecure,
    ...(idle === undefined ? {} : { idle }),
  })
}
