/** Bytes of a websocket message at which a server refuses it. Source: Cockpit's server. */
export const maxWebsocketMessage = 128 * 1024

/** Bytes of payload that a client puts in one message. */
export const clientChunk = 64 * 1024

/** Bytes of a control message, channel line included, at which it is refused. */
export const maxControl = 64 * 1024

/** Bytes of a message between server and agent at which it is refused: one agent block and more. */
export const maxStdioMessage = 1024 * 1024

/** Characters of a channel's name at which it is refused. */
export const maxChannelName = 64

/** Channels that one connection may hold open. */
export const maxChannels = 1024

/** Bytes between two flow control pings. */
export const flowBlock = 16 * 1024

/** Bytes that may be in flight without an answer to a flow control ping. The sender's own choice; Cockpit's is four times as large. */
export const flowWindow = 512 * 1024

/** The smallest window that a page may ask for: less would cost a ping for every message. */
export const minFlowWindow = 16 * 1024
