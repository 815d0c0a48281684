// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"net"
	"net/netip"
	"strings"
)

// isLocal says whether what is sent to the target, an address as gRPC names it, stays on this machine.
func isLocal(target string) bool {
	scheme, rest, hasScheme := strings.Cut(target, ":")
	switch scheme {
	case "unix", "unix-abstract":
		return hasScheme
	case "dns", "passthrough":
		target = rest
		if after, hasAuthority := strings.CutPrefix(rest, "//"); hasAuthority {
			_, target, _ = strings.Cut(after, "/")
		}
	}

	host, _, err := net.SplitHostPort(target)
	if err != nil {
		host = strings.Trim(target, "[]") // without a port
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
