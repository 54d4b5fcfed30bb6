import net from 'node:net'

/** Milliseconds in which a TLS server responds to a ClientHello. */
const probeTimeout = 3000
/** The first byte of a TLS record that responds to a ClientHello: an alert, or a handshake (RFC 8446, section 5.1). */
const alert = 0x15
const handshake = 0x16

/**
 * Whether a server that may speak either http or https speaks http: it gets a ClientHello, and responds otherwise or hangs up. Much
 * cheaper than an attempt at https, for which all of TLS would be loaded. False when in doubt.
 */
export function speaksHttp(host: string, port: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, ...(signal ? { signal } : {}) })
    let connected = false
    const settle = (http: boolean): void => {
      socket.destroy()
      resolve(http)
    }
    socket.setTimeout(probeTimeout, () => settle(false))
    socket.once('connect', () => {
      connected = true
      socket.write(clientHello(), () => {})
    })
    socket.once('data', (bytes: Buffer) => settle(bytes[0] !== alert && bytes[0] !== handshake))
    socket.on('error', () => settle(connected && !signal?.aborted))
    socket.once('end', () => settle(true))
  })
}

/** A ClientHello of TLS 1.2 (RFC 5246, section 7.4.1.2) that every server responds to, if only with an alert. */
function clientHello(): Buffer {
  const suites = [0xc02f, 0xc030, 0xc02b, 0xc02c, 0x009c, 0x009d, 0x002f]
  const extensions = Buffer.concat([
    extension(10, list([0x001d, 0x0017, 0x0018])), // supported_groups
    extension(11, Buffer.from([1, 0])), // ec_point_formats
    extension(13, list([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501])), // signature_algorithms
  ])
  const random = Buffer.alloc(32, 7)
  const body = Buffer.concat([uint16(0x0303), random, Buffer.from([0]), list(suites), Buffer.from([1, 0]), sized(extensions)])
  const message = Buffer.concat([Buffer.from([1, 0]), sized(body)])
  return Buffer.concat([Buffer.from([handshake, 3, 1]), sized(message)])
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255])
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([uint16(bytes.length), bytes])
}

function list(values: readonly number[]): Buffer {
  return sized(Buffer.concat(values.map(uint16)))
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([uint16(type), sized(content)])
}
