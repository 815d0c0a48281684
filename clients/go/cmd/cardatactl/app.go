// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
)

const about = `Talks to a CarData Gateway, which relays BMW CarData.

Exit codes:
    0  done
    1  anything that is not below
    2  the command line is wrong, or the gateway refuses what it says
    3  the gateway cannot be reached
    4  a person must log in, or a login was not approved
    5  there is no such account, vehicle, container, descriptor or picture
    6  used up: the 50 requests of the day, or the ten containers
    7  BMW cannot be reached, or failed
  130  interrupted`

const examples = `  cardatactl login home                          log an account in
  cardatactl watch                               see what all vehicles send, as it comes
  cardatactl watch -d 'vehicle.drivetrain.*' -o json | jq .event
  cardatactl get 0001                            the current values of the vehicle whose VIN ends so
  cardatactl charging 0001 --since 30d           how it was charged

  source <(cardatactl completion bash)           completion; zsh and fish, too`

// app is what the commands share: where they read and write, and the flags of all of them.
type app struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	style    styles
	width    func() int // of the terminal that out is; 0 where it is none

	gateway, ca, certificate, key, serverName string
	plaintext                                 bool
	output                                    string

	parsed bool // the command line was well, and the command has begun
}

func newApp(in, out, err *os.File) *app {
	return &app{
		in: in, out: out, err: err, now: time.Now, style: newStyles(out),
		width: func() int {
			width, _, failed := term.GetSize(int(out.Fd()))
			if failed != nil {
				return 0
			}
			return width
		},
	}
}

// run carries the command line out, and gives the exit code.
func (a *app) run(ctx context.Context, arguments []string) int {
	root := a.rootCommand()
	root.SetArgs(arguments)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	if !a.parsed {
		err = usageError{fmt.Errorf("%w\n\n%s --help says more", err, command.CommandPath())}
	}
	if ctx.Err() != nil {
		return exitInterrupted
	}
	return a.explain(err)
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "cardatactl",
		Short:         "Talks to a CarData Gateway",
		Long:          about,
		Example:       examples,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version(),
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			if err := command.ValidateFlagGroups(); err != nil {
				return err
			}
			if a.output != "" && a.output != "table" && a.output != "json" {
				return fmt.Errorf("--output takes table or json, not %q", a.output)
			}
			a.parsed = true
			return nil
		},
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&a.gateway, "gateway", "g", fromEnvironment("CARDATA_GATEWAY", "localhost:9610"),
		"the gateway's address ($CARDATA_GATEWAY)")
	flags.StringVarP(&a.output, "output", "o", "", "table or json, one object a line (default table)")
	flags.StringVar(&a.ca, "ca", fromEnvironment("CARDATA_CA", ""), "PEM `FILE` of the authorities to trust ($CARDATA_CA)")
	flags.StringVar(&a.certificate, "cert", fromEnvironment("CARDATA_CERT", ""), "PEM `FILE` of a client certificate ($CARDATA_CERT)")
	flags.StringVar(&a.key, "key", fromEnvironment("CARDATA_KEY", ""), "PEM `FILE` of its key ($CARDATA_KEY)")
	flags.StringVar(&a.serverName, "server-name", "", "the name to look for in the gateway's certificate")
	flags.BoolVar(&a.plaintext, "plaintext", false, "no TLS, whatever the address")
	_ = root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))

	root.AddCommand(a.loginCommand(), a.accountsCommand(), a.vehiclesCommand(), a.watchCommand(), a.getCommand(),
		a.descriptorsCommand(), a.containersCommand(), a.chargingCommand(), a.imageCommand())
	return root
}

// client connects as the flags say. What is wrong with them is a usageError.
func (a *app) client() (*cardata.Client, error) {
	var options []cardata.Option
	if a.ca != "" {
		pem, err := os.ReadFile(a.ca)
		if err != nil {
			return nil, usageError{fmt.Errorf("--ca: %w", err)}
		}
		options = append(options, cardata.WithCA(pem))
	}
	if a.certificate != "" || a.key != "" {
		if a.certificate == "" || a.key == "" {
			return nil, usageError{fmt.Errorf("--cert and --key go together")}
		}
		certificate, err := os.ReadFile(a.certificate)
		if err != nil {
			return nil, usageError{fmt.Errorf("--cert: %w", err)}
		}
		key, err := os.ReadFile(a.key)
		if err != nil {
			return nil, usageError{fmt.Errorf("--key: %w", err)}
		}
		options = append(options, cardata.WithCertificate(certificate, key))
	}
	if a.serverName != "" {
		options = append(options, cardata.WithServerName(a.serverName))
	}
	if a.plaintext {
		options = append(options, cardata.WithPlaintext())
	}
	client, err := cardata.Connect(a.gateway, options...)
	if err != nil {
		return nil, usageError{err}
	}
	return client, nil
}

func fromEnvironment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func version() string {
	if build, is := debug.ReadBuildInfo(); is && build.Main.Version != "" {
		return build.Main.Version
	}
	return "(devel)"
}

func (a *app) withClient(do func(*cardata.Client) error) error {
	client, err := a.client()
	if err != nil {
		return err
	}
	defer client.Close()
	return do(client)
}
