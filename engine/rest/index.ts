export { type Listening, type ListenOptions } from './listen.ts'
export { createRestServer, type RestServer, type RestServerOptions } from './server.ts'
export { type ClosableTransport, unixTransport } from './unix-transport.ts'
