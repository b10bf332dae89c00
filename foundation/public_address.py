"""Which addresses are out in the public internet, and may be called on somebody's word. Pure."""

import ipaddress

_IPV4_REFUSED = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
# What is handed out to networks. All else is local, multicast, reserved, or holds an IPv4 address.
_IPV6_PUBLIC = ipaddress.IPv6Network("2000::/3")
# Inside it: protocol assignments with Teredo, 6to4, and two ranges for documents.
_IPV6_REFUSED = tuple(ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))


def is_public(address: str) -> bool:
    """Whether an IP address belongs to a host that everybody may reach (RFC 6890).

    An IPv6 address that holds an IPv4 one (mapped, compatible, 6to4, Teredo, NAT64) is not: it would lead there.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not any(found in network for network in _IPV4_REFUSED)
    if found.scope_id or found not in _IPV6_PUBLIC:
        return False
    return found.is_global and not any(found in network for network in _IPV6_REFUSED)
