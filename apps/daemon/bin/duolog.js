// runtime.json of version 0.1.0 names this file: plugins that run on while a checkout is upgraded start
// the daemon by it, until the new one has written its own.
import "../../cli/bin/duolog.js";
