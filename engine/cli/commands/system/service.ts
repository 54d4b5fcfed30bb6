import { clientSettings } from '../../../core/index.ts'
import { command } from '../../command.ts'
import { number, text } from '../../parse/flags.ts'
import { parseServiceAddress } from '../../service/address.ts'
import { runService } from '../../service/run-service.ts'
import { readTlsFiles } from '../../service/tls-files.ts'

/** Podman's own default, where containers.conf has no service_timeout. */
const usualTime = 5

export const service = command({
  summary: 'Run API service',
  description:
    "Answers libpod's REST API and Docker's on a unix socket, on the one that systemd hands over, or on a TCP port, until nobody has used it for a while.\n\n" +
    'On TCP everyone who reaches the port can do what you can. Anywhere but on loopback it takes --tls-cert, --tls-key and --tls-client-ca, so that only clients with a certificate are let in. Pages in browsers are refused unless --cors names their origin.',
  usage: '[URI]',
  examples: [
    'berth system service --time=0 unix:///tmp/berth.sock',
    'berth system service --time=0 tcp://127.0.0.1:8888',
    'berth system service --tls-cert=srv.crt --tls-key=srv.key --tls-client-ca=ca.crt tcp://0.0.0.0:2376',
  ],
  local: true,
  service: true,
  flags: {
    cors: text('', 'Set CORS Headers'),
    time: number('t', `Time until the service session expires in seconds.  Use 0 to disable the timeout (default ${usualTime})`, {
      value: 'uint',
      aliases: ['timeout'],
    }),
    'tls-cert': text('', 'PEM file containing TLS serving certificate.'),
    'tls-client-ca': text('', 'Only trust client connections with certificates signed by this CA PEM file'),
    'tls-key': text('', 'PEM file containing TLS serving certificate private key'),
  },
  args: { max: 1 },
  async run({ args: [uri], flags, engine, global }) {
    const address = uri === undefined ? undefined : parseServiceAddress(uri)
    if (uri !== undefined) global.context.serviceAddress = uri
    const tls = readTlsFiles(flags['tls-cert'], flags['tls-key'], flags['tls-client-ca'])
    return runService({
      engine,
      ...(address ? { address } : {}),
      ...(tls ? { tls } : {}),
      ...(flags.cors ? { cors: flags.cors } : {}),
      seconds: flags.time ?? (await clientSettings(global.context.modules)).serviceTimeout ?? usualTime,
      level: global.context.logLevel ?? 'warn',
    })
  },
})
