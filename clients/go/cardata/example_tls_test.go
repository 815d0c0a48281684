// SPDX-License-Identifier: Apache-2.0

package cardata_test

import (
	"fmt"
	"os"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
)

func connectWithCertificates(target string) (*cardata.Client, error) {
	var files [3][]byte
	for i, name := range []string{"ca.pem", "client.pem", "client.key"} {
		var err error
		if files[i], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return cardata.Connect(target, cardata.WithCA(files[0]), cardata.WithCertificate(files[1], files[2]))
}

// A gateway with a certificate of an authority of one's own, which wants to see one, too (mTLS).
func ExampleWithCertificate() {
	client, err := connectWithCertificates("dns:///cardata:9610")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	fmt.Println("connecting")
	// Output: connecting
}
