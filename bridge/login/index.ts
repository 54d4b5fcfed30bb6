export { type Account, findAccount } from './account.ts'
export { type LoginOptions, type PreparedSession, runLogin } from './login.ts'
export { relayLines } from './relay-lines.ts'
export { listenForLogins, type LoginListener, type LoginListenerOptions } from './listen.ts'
