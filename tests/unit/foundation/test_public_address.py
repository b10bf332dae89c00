"""Which addresses may be called on an outsider's word."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.public_address import is_public


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.5.216.1", "1.1.1.1", "2606:4700::1111", "2a00:1450:400a:800::200e"]
)
def test_hosts_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "100.127.255.255", "100.100.100.200", "192.0.0.170", "192.0.2.1"),
        *("198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fc00::1", "fd00:ec2::254"),
        *("fe80::1", "fe80::1%eth0", "2606:4700::1111%1", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "100::1"),
        *("5f00::1", "192.88.99.1", "", "localhost", "127.1", "2130706433", "0x7f000001", "010.0.0.1"),
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_never_gets_through(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for inside in (
        number,  # compatible
        (0xFFFF << 32) | number,  # mapped
        (0x64FF9B << 96) | number,  # NAT64
        (0x2002 << 112) | (number << 80),  # 6to4
        (0x20010000 << 96) | (number ^ 0xFFFFFFFF),  # Teredo
    ):
        assert not is_public(str(ipaddress.IPv6Address(inside)))


@given(st.ip_addresses())
def test_what_python_does_not_call_global_is_never_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert address.is_global or not is_public(str(address))
