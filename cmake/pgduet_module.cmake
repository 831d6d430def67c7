# pgduet_library(NAME name SOURCES ... PUBLIC libs... PRIVATE libs...)
#   Declares the static library pgduet_<name> with the alias pgduet::<name>.
# pgduet_test(NAME name SOURCES ... LIBS ... [LABEL unit|db|wire|client])
#   Declares a GoogleTest program and registers its cases with ctest under the label.
include_guard()

function(pgduet_library)
    cmake_parse_arguments(arg "" "NAME" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    add_library(pgduet_${arg_NAME} STATIC ${arg_SOURCES})
    add_library(pgduet::${arg_NAME} ALIAS pgduet_${arg_NAME})
    target_include_directories(pgduet_${arg_NAME} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(pgduet_${arg_NAME} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

function(pgduet_test)
    cmake_parse_arguments(arg "" "NAME;LABEL" "SOURCES;LIBS" ${ARGN})
    if(NOT arg_LABEL)
        set(arg_LABEL unit)
    endif()
    add_executable(${arg_NAME} ${arg_SOURCES})
    target_include_directories(${arg_NAME} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBS} GTest::gmock GTest::gtest_main)
    target_precompile_headers(${arg_NAME} PRIVATE <gtest/gtest.h> <gmock/gmock.h> <string> <vector>)
    gtest_discover_tests(${arg_NAME} PROPERTIES LABELS ${arg_LABEL} TIMEOUT 300
                         DISCOVERY_MODE PRE_TEST)
endfunction()
