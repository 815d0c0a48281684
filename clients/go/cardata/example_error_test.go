// SPDX-License-Identifier: Apache-2.0

package cardata_test

import (
	"context"
	"fmt"
	"os"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func ExampleErrorOf() {
	client, err := cardata.Connect(os.Getenv("CARDATA_TARGET"))
	if err != nil {
		panic(err)
	}
	defer client.Close()
	_, err = client.Vehicles.ListVehicles(context.Background(), &cardatav1.ListVehiclesRequest{Account: "home"})
	switch failed := cardata.ErrorOf(err); failed.Reason {
	case cardata.ReasonQuotaExhausted:
		fmt.Println("again in", failed.RetryDelay)
	case cardata.ReasonLoginRequired:
		fmt.Println("log in again:", failed.Metadata["account"])
	default:
		fmt.Println(failed)
	}
	// Output: again in 1h30m0s
}
