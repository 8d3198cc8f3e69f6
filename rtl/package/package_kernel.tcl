# SPDX-License-Identifier: Apache-2.0
# The RTL kernel as a kernel object, in Vivado. scripts/build_xclbin writes the settings that PHASIC_SETTINGS names (an array
# `phasic`) and runs:  vivado -mode batch -source package_kernel.tcl
if {![info exists ::env(PHASIC_SETTINGS)]} {
  error "PHASIC_SETTINGS is not set; scripts/build_xclbin runs this script"
}
source $::env(PHASIC_SETTINGS)

cd $phasic(work)
create_project -force rtl_project rtl_project -part $phasic(part)
add_files -norecurse $phasic(rtl_files)
set_property top $phasic(top) [current_fileset]
update_compile_order -fileset sources_1

set folder [file join $phasic(work) ip]
ipx::package_project -root_dir $folder -vendor $phasic(vendor) -library $phasic(library) -taxonomy /KernelIP -import_files -force
set core [ipx::current_core]
set_property name $phasic(kernel) $core
set_property version $phasic(version) $core
set_property display_name $phasic(kernel) $core

# Sizes of the build, where the platform file asks for others than the contract's defaults.
foreach {parameter value} $phasic(parameters) {
  set_property value $value [ipx::get_user_parameters $parameter -of_objects $core]
  set_property value $value [ipx::get_hdl_parameters $parameter -of_objects $core]
}

# Every interface runs on the one clock, at whatever frequency the platform gives.
foreach port [concat $phasic(control_port) $phasic(masters)] {
  ipx::associate_bus_interfaces -busif $port -clock ap_clk $core
}
ipx::associate_bus_interfaces -clock ap_clk -reset ap_rst_n $core
ipx::infer_bus_interface interrupt xilinx.com:signal:interrupt_rtl:1.0 $core
set clock [ipx::get_bus_interfaces ap_clk -of_objects $core]
set_property value -1 [ipx::add_bus_parameter FREQ_TOLERANCE_HZ $clock]

# The registers of the arguments, each address with the master that it is for.
set map [ipx::add_memory_map $phasic(control_port) $core]
set_property slave_memory_map_ref $phasic(control_port) [ipx::get_bus_interfaces $phasic(control_port) -of_objects $core]
set block [ipx::add_address_block reg0 $map]
set_property range $phasic(control_range) $block
foreach {name offset bits master} $phasic(registers) {
  set register [ipx::add_register $name $block]
  set_property address_offset $offset $register
  set_property size $bits $register
  if {$master ne ""} {
    set_property value $master [ipx::add_register_parameter ASSOCIATED_BUSIF $register]
  }
}

set_property sdx_kernel true $core
set_property sdx_kernel_type rtl $core
set_property supported_families {} $core
set_property auto_family_support_level level_2 $core
ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity -kernel $core
ipx::save_core $core
close_project -delete

file delete -force $phasic(object)
package_xo -xo_path $phasic(object) -kernel_name $phasic(kernel) -kernel_xml $phasic(kernel_xml) -ip_directory $folder
puts "phasic: done"
exit
