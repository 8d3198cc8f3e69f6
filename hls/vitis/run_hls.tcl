# SPDX-License-Identifier: Apache-2.0
# The HLS kernel in Vitis HLS: C simulation, synthesis, co-simulation, kernel object. scripts/build_xclbin writes the settings that
# PHASIC_SETTINGS names (an array `phasic`) and runs:  vitis_hls -f run_hls.tcl
if {![info exists ::env(PHASIC_SETTINGS)]} {
  error "PHASIC_SETTINGS is not set; scripts/build_xclbin runs this script"
}
source $::env(PHASIC_SETTINGS)

cd $phasic(work)
open_project -reset hls_project
set_top $phasic(top)
set flags "-std=c++17 -I$phasic(root) -I$phasic(generated) -DPHASIC_HLS_BUILD=$phasic(hls_build)"
add_files $phasic(hls_source) -cflags $flags
add_files -tb $phasic(testbench) -cflags "$flags -Wno-unknown-pragmas"

open_solution -reset solution -flow_target vitis
set_part $phasic(part)
create_clock -period $phasic(period_ns) -name default
set_clock_uncertainty "$phasic(uncertainty_percent)%"
# Addresses of 64 bits on lines that the contract aligns.
config_interface -m_axi_addr64=true -m_axi_alignment_byte_size $phasic(line_bytes) -m_axi_max_widen_bitwidth $phasic(data_width)
config_export -format xo -vendor $phasic(vendor) -library $phasic(library) -version $phasic(version) -output $phasic(object)

foreach stage $phasic(stages) {
  puts "phasic: $stage"
  switch -- $stage {
    csim { csim_design -argv $phasic(vectors) }
    csynth { csynth_design }
    cosim { cosim_design -argv $phasic(vectors) }
    xo { export_design }
    default { error "no stage is called '$stage'" }
  }
}
close_project
puts "phasic: done"
exit
