// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"math/rand/v2"

	"google.golang.org/grpc"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// Client is a connection to a gateway, with the stubs of its services. Made by [Connect]; its methods and stubs may be used by
// many goroutines at once.
type Client struct {
	// Logs accounts in and says how they are.
	Auth cardatav1.AuthServiceClient

	// Reads what BMW knows of vehicles.
	Vehicles cardatav1.VehicleServiceClient

	// Manages the sets of descriptors that Vehicles.GetTelematicData reads.
	Containers cardatav1.ContainerServiceClient

	// Reads what BMW keeps about charging.
	Charging cardatav1.ChargingServiceClient

	// Relays the telematics stream. Its bare Subscribe ends with its connection; [Client.Subscribe] goes on.
	Telematics cardatav1.TelematicsServiceClient

	connection *grpc.ClientConn
	random     func() float64 // from 0 to below 1
}

func newClient(connection *grpc.ClientConn) *Client {
	return &Client{
		Auth:       cardatav1.NewAuthServiceClient(connection),
		Vehicles:   cardatav1.NewVehicleServiceClient(connection),
		Containers: cardatav1.NewContainerServiceClient(connection),
		Charging:   cardatav1.NewChargingServiceClient(connection),
		Telematics: cardatav1.NewTelematicsServiceClient(connection),
		connection: connection,
		random:     rand.Float64,
	}
}

// Close ends the connection. Calls and subscriptions that are open end with code Canceled.
func (c *Client) Close() error {
	return c.connection.Close()
}
