/** Whether a volume was created without a name: its name is then 64 hexadecimal digits, with podman too. */
export const isAnonymousVolume = (name: string): boolean => /^[0-9a-f]{64}$/.test(name)
