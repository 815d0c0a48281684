// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// authority signs certificates.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

func newAuthority(t *testing.T) authority {
	a := authority{t: t}
	a.pem, _ = a.sign(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// sign gives a certificate with its key as PEM. The first one is the authority's own.
func (a *authority) sign(template *x509.Certificate) (certificate, key []byte) {
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(1)
	template.Subject = pkix.Name{CommonName: fmt.Sprintf("test, an authority: %v", template.IsCA)}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if a.certificate == nil {
		a.certificate, a.key = template, own
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &own.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	bytes, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		a.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: bytes})
}

// serve starts a gateway with a certificate for the name, which wants clients to show one of its authority if so asked. It gives
// the gateway's port on this machine.
func (a *authority) serve(name string, wantsCertificate bool) string {
	pair, err := tls.X509KeyPair(a.sign(&x509.Certificate{DNSNames: []string{name}}))
	if err != nil {
		a.t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}}
	if wantsCertificate {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(a.pem)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		a.t.Fatal(err)
	}
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(config)))
	cardatav1.RegisterVehicleServiceServer(server, &fake{listVehicles: func(context.Context) error { return nil }})
	go server.Serve(listener)
	a.t.Cleanup(server.Stop)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

func TestTLS(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	local, named, mutual := ours.serve("localhost", false), ours.serve("gateway.example", false), ours.serve("localhost", true)
	forClients := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	certificate, key := ours.sign(&x509.Certificate{ExtKeyUsage: forClients})
	strange, strangeKey := theirs.sign(&x509.Certificate{ExtKeyUsage: forClients})
	for name, test := range map[string]struct {
		port    string
		options []Option
		code    codes.Code
	}{
		"the authority":                    {local, []Option{WithCA(ours.pem)}, codes.OK},
		"another authority":                {local, []Option{WithCA(theirs.pem)}, codes.Unavailable},
		"two authorities":                  {local, []Option{WithCA(append(theirs.pem, ours.pem...))}, codes.OK},
		"no authority, on loopback":        {local, nil, codes.Unavailable},
		"the system's authorities":         {local, []Option{WithServerName("localhost")}, codes.Unavailable},
		"another name than the target's":   {named, []Option{WithCA(ours.pem)}, codes.Unavailable},
		"the certificate's name":           {named, []Option{WithCA(ours.pem), WithServerName("gateway.example")}, codes.OK},
		"mTLS":                             {mutual, []Option{WithCA(ours.pem), WithCertificate(certificate, key)}, codes.OK},
		"mTLS without a certificate":       {mutual, []Option{WithCA(ours.pem)}, codes.Unavailable},
		"mTLS with a strange certificate":  {mutual, []Option{WithCA(ours.pem), WithCertificate(strange, strangeKey)}, codes.Unavailable},
		"plaintext where TLS is asked for": {local, []Option{WithPlaintext()}, codes.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := Connect("localhost:"+test.port, test.options...)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			_, err = client.Vehicles.ListVehicles(t.Context(), &cardatav1.ListVehiclesRequest{})
			if ErrorOf(err).Code != test.code {
				t.Errorf("it was answered %v", err)
			}
		})
	}
}

func TestTheTargetDecidesWhetherThereIsTLS(t *testing.T) {
	ours := newAuthority(t)
	for _, test := range []struct {
		target   string
		options  []Option
		expected string
	}{
		{"localhost:9610", nil, "insecure"},
		{"unix:/run/cardata.sock", nil, "insecure"},
		{"cardata:9610", nil, "tls"},
		{"cardata:9610", []Option{WithPlaintext()}, "insecure"},
		{"localhost:9610", []Option{WithCA(ours.pem)}, "tls"},
		{"localhost:9610", []Option{WithServerName("gateway.example")}, "tls"},
		{"localhost:9610", []Option{WithCertificate(ours.sign(&x509.Certificate{}))}, "tls"},
	} {
		var settings settings
		for _, option := range test.options {
			option(&settings)
		}
		encryption, err := settings.credentials(test.target)
		if err != nil {
			t.Fatal(err)
		}
		if protocol := encryption.Info().SecurityProtocol; protocol != test.expected {
			t.Errorf("%s with %d options: %s", test.target, len(test.options), protocol)
		}
	}
}

func TestOptionsThatAreWrongAreNamed(t *testing.T) {
	ours := newAuthority(t)
	certificate, _ := ours.sign(&x509.Certificate{})
	_, key := ours.sign(&x509.Certificate{})
	for _, test := range []struct {
		options  []Option
		expected string
	}{
		{[]Option{WithPlaintext(), WithCA(ours.pem)}, "WithPlaintext does not go together"},
		{[]Option{WithPlaintext(), WithServerName("x")}, "WithPlaintext does not go together"},
		{[]Option{WithPlaintext(), WithCertificate(certificate, key)}, "WithPlaintext does not go together"},
		{[]Option{WithCA(nil)}, "WithCA was given no certificate"},
		{[]Option{WithCA([]byte("ca.pem"))}, "WithCA was given no certificate"},
		{[]Option{WithCertificate(nil, nil)}, "WithCertificate takes a certificate and its key"},
		{[]Option{WithCertificate(certificate, nil)}, "WithCertificate takes a certificate and its key"},
		{[]Option{WithCertificate(certificate, key)}, "private key does not match"},
	} {
		if _, err := Connect("localhost:9610", test.options...); err == nil || !strings.Contains(err.Error(), test.expected) {
			t.Errorf("the error is %v and not %q", err, test.expected)
		}
	}
}
