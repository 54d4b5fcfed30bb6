export type { AgentServices, Channel, CloseFields, Endpoint, Handlers, Payload } from './channel.ts'
export { payloads } from './channels/index.ts'
export { type Agent, type AgentOptions, serveAgent } from './serve.ts'
export { type AgentUser, currentUser } from './user.ts'
