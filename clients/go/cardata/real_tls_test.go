// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
	"github.com/cardata-gateway/cardata-gateway/clients/go/internal/realgateway"
)

func TestRealTLS(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	folder := t.TempDir()
	write := func(name string, pem []byte) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, pem, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	certificate, key := ours.sign(&x509.Certificate{DNSNames: []string{"localhost"}})
	gateway := realgateway.StartSimulator(t).StartGateway("--tls-cert-file="+write("gateway.pem", certificate),
		"--tls-key-file="+write("gateway.key", key), "--tls-client-ca-file="+write("ca.pem", ours.pem))
	_, port, _ := strings.Cut(gateway.Address, ":")

	forClients := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	certificate, key = ours.sign(&x509.Certificate{ExtKeyUsage: forClients})
	strange, strangeKey := theirs.sign(&x509.Certificate{ExtKeyUsage: forClients})
	for name, test := range map[string]struct {
		options []Option
		code    codes.Code
	}{
		"with a certificate":         {[]Option{WithCA(ours.pem), WithCertificate(certificate, key)}, codes.OK},
		"without a certificate":      {[]Option{WithCA(ours.pem)}, codes.Unavailable},
		"with a strange certificate": {[]Option{WithCA(ours.pem), WithCertificate(strange, strangeKey)}, codes.Unavailable},
		"trusting another authority": {[]Option{WithCA(theirs.pem), WithCertificate(certificate, key)}, codes.Unavailable},
		"looking for another name":   {[]Option{WithCA(ours.pem), WithCertificate(certificate, key), WithServerName("x")}, codes.Unavailable},
		"plaintext, as on loopback":  {nil, codes.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := Connect("localhost:"+port, test.options...)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if _, err := client.Auth.ListAccounts(t.Context(), &cardatav1.ListAccountsRequest{}); ErrorOf(err).Code != test.code {
				t.Errorf("it was answered %v", err)
			}
		})
	}
}
