// SPDX-License-Identifier: Apache-2.0
// The kernel of the small build, which has rules that the default build is without.
#define PHASIC_HLS_BUILD SmallBuild
#include "hls/kernel.cpp"
