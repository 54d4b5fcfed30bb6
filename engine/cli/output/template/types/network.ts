import type { GoTypes } from '../typed.ts'

/** The types of networks. */
export const networkTypes: GoTypes = {
  'types.NetworkInspectReport': '+Network types.Network; Containers=containers map[string]types.NetworkContainerInfo',
  'types.Network':
    'Name=name string; ID=id string; Driver=driver string; NetworkInterface=network_interface string; Created=created time.Time; Subnets=subnets []types.Subnet; Routes=routes []types.Route; IPv6Enabled=ipv6_enabled bool; Internal=internal bool; DNSEnabled=dns_enabled bool; NetworkDNSServers=network_dns_servers []string; Labels=labels map[string]string; Options=options map[string]string; IPAMOptions=ipam_options map[string]string; @Id ID',
  'types.Subnet': 'Subnet=subnet types.IPNet; Gateway=gateway net.IP; LeaseRange=lease_range *types.LeaseRange',
  'types.LeaseRange': 'StartIP=start_ip net.IP; EndIP=end_ip net.IP',
  'types.Route': 'Destination=destination types.IPNet; Gateway=gateway net.IP; Metric=metric *int',
  'types.NetworkContainerInfo': 'Name=name string; Interfaces=interfaces map[string]types.NetInterface',
  'types.NetInterface': 'Subnets=subnets []types.NetAddress; MacAddress=mac_address types.HardwareAddr',
  'types.NetAddress': 'IPNet=ipnet types.IPNet; Gateway=gateway net.IP',
}
