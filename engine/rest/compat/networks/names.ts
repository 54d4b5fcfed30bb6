/** Docker calls the network that there is by default `bridge`. */
export const ourName = (name: string): string => (name === 'bridge' ? 'podman' : name)

export const dockerName = (name: string): string => (name === 'podman' ? 'bridge' : name)
