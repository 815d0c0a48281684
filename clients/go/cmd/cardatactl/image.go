// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func (a *app) imageCommand() *cobra.Command {
	var account, file string
	var force bool
	command := &cobra.Command{
		Use:   "image [VEHICLE]",
		Short: "Write a vehicle's picture to a file",
		Long: `Writes a vehicle's picture, as BMW has it, to a file, by default VIN.png. Costs one of the day's 50 requests.

` + vehicleArgument,
		Example:           "  cardatactl image 0001\n  cardatactl image 0001 -f - | display",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeVehicles(nil),
		RunE: func(command *cobra.Command, arguments []string) error {
			if file == "-" && a.width() > 0 {
				return usageError{errors.New("a picture is not written to a terminal: say -f FILE, or pipe it")}
			}
			return a.withClient(func(client *cardata.Client) error {
				vin, err := a.vin(command.Context(), client, first(arguments))
				if err != nil {
					return err
				}
				target := cmp.Or(file, vin+".png")
				if target != "-" && !force {
					if err := isFree(target); err != nil { // before a request is spent
						return err
					}
				}
				response, err := client.Vehicles.GetVehicleImage(command.Context(),
					&cardatav1.GetVehicleImageRequest{Vin: vin, Account: account})
				if err != nil {
					return err
				}
				return a.writeImage(response, vin, file, force)
			})
		},
	}
	command.Flags().StringVarP(&file, "file", "f", "", "where to write it; - is standard output (default VIN.png)")
	command.Flags().BoolVar(&force, "force", false, "overwrite the file")
	a.accountFlag(command, &account, "the account's name, where several have the vehicle")
	return command
}

func isFree(file string) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s is there already; --force overwrites it", file)}
	}
	return nil
}

func (a *app) writeImage(response *cardatav1.GetVehicleImageResponse, vin, file string, force bool) error {
	if file == "-" {
		_, err := a.out.Write(response.GetImage())
		return err
	}
	if file == "" {
		file = vin + extension(response.GetMediaType())
		if err := isFree(file); err != nil && !force {
			return err
		}
	}
	if err := os.WriteFile(file, response.GetImage(), 0o644); err != nil {
		return err
	}
	a.note("%s: %d bytes, %s; %s", file, len(response.GetImage()), printable(response.GetMediaType()), cost(response.GetRead()))
	return nil
}

// extension is a file name's for a media type, such as image/png.
func extension(mediaType string) string {
	kind, is := strings.CutPrefix(mediaType, "image/")
	if !is || kind == "" || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ".image"
	}
	return "." + kind
}
