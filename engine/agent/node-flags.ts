/** Node options for a small memory footprint of long-lived processes: a small young generation, and less compiled code. */
export const smallNode = '--max-semi-space-size=1 --optimize-for-size'
