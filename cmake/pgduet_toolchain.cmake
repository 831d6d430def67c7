# Language level, warnings, sanitizers, compiler cache and linker: how every target is compiled.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(PGDUET_SANITIZE "" CACHE STRING "Comma-separated sanitizers, e.g. address,undefined")

find_program(CCACHE ccache)
if(CCACHE)
    # Paths below the source tree do not count, so that clones share what was compiled.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
        CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-fpch-preprocess)  # or ccache cannot look into precompiled headers
    endif()
endif()
find_program(MOLD mold)
if(MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports these inside its own headers when it optimises strings and variants.
    add_compile_options(-fcoroutines -Wshadow=local -Wno-maybe-uninitialized -Wno-restrict
                        -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(PGDUET_SANITIZE)
    add_compile_options(-fsanitize=${PGDUET_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${PGDUET_SANITIZE})
    if(PGDUET_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-Wno-tsan)  # Asio's fences, which ThreadSanitizer does not see
    endif()
endif()
