/** A network as podman's files and API have it. */
export interface NetworkRecord {
  name: string
  /** 64 hexadecimal digits. */
  id: string
  driver: string
  network_interface: string
  created: string
  subnets: { subnet: string; gateway?: string }[]
  ipv6_enabled: boolean
  internal: boolean
  dns_enabled: boolean
  ipam_options: Record<string, string>
  options?: Record<string, string>
  labels?: Record<string, string>
  network_dns_servers?: string[]
}
