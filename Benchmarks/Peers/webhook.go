// The Kubernetes project's own webhook server (test/images/agnhost/webhook), which its end-to-end tests run, without the
// other commands of agnhost. Scripts/build-kubernetes compiles it within the source tree that the control plane is from.
package main

import (
	"os"

	"k8s.io/kubernetes/test/images/agnhost/webhook"
)

func main() {
	if err := webhook.CmdWebhook.Execute(); err != nil {
		os.Exit(1)
	}
}
