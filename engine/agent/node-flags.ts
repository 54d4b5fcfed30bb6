/** Options of Node that keep a process that lives long small: a small young generation, and less compiled code. */
export const smallNode = '--max-semi-space-size=1 --optimize-for-size'
