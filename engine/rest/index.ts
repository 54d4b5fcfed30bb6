export { isListenedOn, type Listening, listenOnPath, type ListenOptions } from './http/listen.ts'
export { createRestServer, type RestServer, type RestServerOptions } from './http/server.ts'
export { isLoopback, type TcpAddress, type TlsFiles } from './http/listen-tcp.ts'
export { type ClosableTransport, unixTransport } from './http/unix-transport.ts'
