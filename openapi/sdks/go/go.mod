module icr.invalid/sdks/roundtrip

go 1.23

require icr.invalid/sdks/client v0.0.0

require gopkg.in/validator.v2 v2.0.1 // indirect

replace icr.invalid/sdks/client => ../../../build/sdks/go/client
